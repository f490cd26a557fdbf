"""``python -m tongguan.cli``: the same program, for processes that it starts of itself."""

from tongguan.cli.main import main

if __name__ == "__main__":
    main()
