"""The soak of places: a random workload under faults, judged by what its clients wrote down."""
