"""Registers this machine's media node as it is configured now; runs once at every start."""

import django


def main() -> None:
    django.setup()
    from gongshi.viewing.actions import ensure_local_node

    ensure_local_node()


if __name__ == "__main__":
    main()
