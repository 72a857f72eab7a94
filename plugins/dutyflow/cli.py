"""`dutyflow`, the command line: each command is the same use case that the DAGs call.

A command is a module, as a rule of `dutyflow.commands`, imported only when it is asked for; a new
one needs one line in COMMANDS.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from typing import Any

import click

from dutyflow.infra.settings import Settings

from .errors import DutyflowError

COMMANDS = {
    "cycles": "dutyflow.commands.cycles:cycles_command",
    "form": "dutyflow.commands.form:form_command",
    "migrate": "dutyflow.commands.migrate:migrate_command",
    "plan": "dutyflow.commands.plan:plan_group",
    "proof": "dutyflow.commands.proof:proof_command",
    "receive": "dutyflow.commands.receive:receive_command",
    "rehearse": "dutyflow.commands.rehearse:rehearse_command",
    "report": "dutyflow.commands.report:report_command",
    "serve": "dutyflow.web.serve:serve_command",
    "status": "dutyflow.commands.status:status_command",
    "undeliverable": "dutyflow.commands.undeliverable:undeliverable_command",
}


class Failure(click.ClickException):
    """What went wrong, in the user's words and nothing else."""

    def show(self, file: Any = None) -> None:
        click.echo(self.message, file=file, err=file is None)


class Commands(click.Group):
    """The commands of COMMANDS. What goes wrong on purpose ends in its sentence and exit code 1,
    what is written wrongly in one and exit code 2."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command

    def make_context(self, *given: Any, **more: Any) -> click.Context:
        with _in_a_sentence():
            return super().make_context(*given, **more)

    def invoke(self, ctx: click.Context) -> Any:
        with _in_a_sentence():
            return super().invoke(ctx)

    def main(self, args: Sequence[str] | None = None, *rest: Any, **options: Any) -> Any:
        _speak_utf8()
        return super().main(args, *rest, **options)


@contextmanager
def _in_a_sentence() -> Iterator[None]:
    try:
        yield
    except DutyflowError as error:
        raise Failure(str(error)) from error
    except click.exceptions.NoArgsIsHelpError:
        raise
    except click.UsageError as error:
        from .commands.usage import misused  # only where it is needed

        raise misused(error) from error


def _speak_utf8() -> None:
    """Chinese on any terminal, pipe or log, whatever LANG says."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="dutyflow")
@click.pass_context
def main(ctx: click.Context) -> None:
    """Keep a public office's yearly execution plan alive."""
    ctx.obj = Settings.from_environ()
