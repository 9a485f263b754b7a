"""Run one of the soaks: ``python -m soak races --help``."""

import sys

from . import crash_command, mixed, policy, race_command

COMMANDS = {
    "crashes": crash_command.main,
    "mixed": mixed.main,
    "policy": policy.main,
    "races": race_command.main,
}


def main(arguments):
    if not arguments or arguments[0] not in COMMANDS:
        print(f"name one of: {', '.join(COMMANDS)}; each has --help", file=sys.stderr)
        return 2
    return COMMANDS[arguments[0]](arguments[1:])


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
