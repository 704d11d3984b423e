"""Where students' code runs: kernels, cold or warm, the jails around them, and the proof that these hold."""
