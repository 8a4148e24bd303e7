"""``python -m apkgeo`` does what the command ``apkgeo`` does."""

from apkgeo.cli import main

if __name__ == "__main__":
    main()
