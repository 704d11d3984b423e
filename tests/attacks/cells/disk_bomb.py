"""Fills the disk, in one file and in many, in every folder that can be written."""

import tempfile

for folder in (".", "/tmp", tempfile.gettempdir(), "..", "../.."):
    for number in range(40):
        try:
            with open(f"{folder}/large-{number}", "wb") as file:
                for _ in range(100):
                    file.write(bytes(10**7))
        except OSError as error:
            print(folder, number, error)
            break
