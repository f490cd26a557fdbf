"""``python -m tongguan.cli``: the same program, for processes that it starts of itself."""

if __name__ == "__main__":
    # Workers of a server import this module anew under another name, and need none of the commands.
    from tongguan.cli.main import main

    main()
