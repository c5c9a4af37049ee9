"""`python -m extractor`."""

from extractor.cli.app import main

if __name__ == "__main__":
    main(prog_name="python -m extractor")
