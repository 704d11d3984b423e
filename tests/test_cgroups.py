"""Groups for kernels: those of this machine where it has any, and version 2 on an imitation of its files."""

from __future__ import annotations

import os

import pytest

from autograder.sandbox import cgroups


@pytest.fixture
def version_2(tmp_path, monkeypatch):
    """A tree as systemd delegates one: this process in run.scope, controllers there, none handed down yet."""
    own = tmp_path / "user.slice" / "run.scope"
    own.mkdir(parents=True)
    for folder in (tmp_path, own):
        (folder / "cgroup.controllers").write_text("cpu memory pids\n")
        (folder / "cgroup.subtree_control").write_text("")
    (own / "cgroup.procs").write_text(f"{os.getpid()}\n")
    monkeypatch.setattr(cgroups, "_own_group", lambda root: own)
    return tmp_path, own


def test_a_delegated_group_hands_its_controllers_down_after_its_processes_moved_into_a_leaf(version_2):
    root, own = version_2
    assert cgroups.make_groups("k", memory=1000, processes=7, root=root) == [own / "k"]
    assert (own / "k" / "memory.max").read_text() == "1000"
    assert (own / "k" / "pids.max").read_text() == "7"
    assert (own / cgroups.LEAF / "cgroup.procs").read_text() == str(os.getpid())
    assert (own / "cgroup.subtree_control").read_text() == "+memory +pids"


def test_a_group_that_hands_them_down_already_is_used_as_it_is(version_2):
    root, own = version_2
    (own / "cgroup.subtree_control").write_text("cpu memory pids\n")
    assert cgroups.make_groups("k", memory=1, processes=1, root=root) == [own / "k"]
    assert not (own / cgroups.LEAF).exists()


def test_root_uses_the_top_where_its_own_group_hands_nothing_down(version_2, monkeypatch):
    root, own = version_2
    (root / "cgroup.subtree_control").write_text("memory pids\n")
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert cgroups.make_groups("k", memory=1, processes=1, root=root) == [root / "k"]
    assert not (own / cgroups.LEAF).exists()


def test_without_the_controllers_there_is_no_group(version_2, monkeypatch):
    root, own = version_2
    (own / "cgroup.controllers").write_text("cpu\n")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert cgroups.make_groups("k", memory=1, processes=1, root=root) == []
    assert not (own / "k").exists()


def test_a_machine_without_cgroups_has_none(tmp_path):
    assert cgroups.make_groups("k", memory=1, processes=1, root=tmp_path / "nothing") == []


def test_what_this_machine_says_leaves_nothing_behind():
    cgroups.counts_processes()
    assert not list(cgroups.ROOT.glob(f"**/nn-try-{os.getpid()}"))
