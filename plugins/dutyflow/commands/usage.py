"""A command that was written wrongly: what is wrong with it, in a sentence."""

from __future__ import annotations

import re
from typing import Any

import click

from dutyflow.plan.words import guess, listed

_NO_COMMAND = re.compile(r"No such command '(?P<name>.*?)'")


class Misused(click.ClickException):
    """What was written makes no command. Exit code 2, as of any program."""

    exit_code = 2

    def show(self, file: object = None) -> None:  # noqa: ARG002
        click.echo(self.message, err=True)


def misused(error: click.UsageError) -> Misused:
    """The same in Chinese, and where to read how it is written."""
    _, _, below = error.ctx.command_path.partition(" ") if error.ctx else ("", "", "")
    what = _what(error)
    apart = "" if what.endswith("？") else "；"
    return Misused(f"{what}{apart}用法見 {' '.join(filter(None, ('dutyflow', below)))} --help")


def _what(error: click.UsageError) -> str:
    match error:
        case click.MissingParameter(param=click.Parameter() as param):
            return f"缺少 {_name(param)}"
        case click.NoSuchOption():
            hint = f"，是不是 {listed(error.possibilities)}？" if error.possibilities else ""
            return f"沒有選項 {error.option_name}{hint}"
        case click.BadOptionUsage():
            return f"選項 {error.option_name} 的寫法不對，或缺少後面的值"
        case click.BadParameter(param=click.Parameter() as param):
            return f"{_name(param)} 的值不對；應為{_expected(param.type)}"
    unknown = _NO_COMMAND.search(error.message)
    if unknown and error.ctx and isinstance(error.ctx.command, click.Group):
        names = error.ctx.command.list_commands(error.ctx)
        meant = guess(unknown["name"], names, {})
        hint = f"是不是 {meant[0]}？" if meant else f"有 {listed(names)}"
        return f"沒有指令「{unknown['name']}」；{hint}"
    return f"指令寫法不對（{error.format_message()}）"


def _name(param: click.Parameter) -> str:
    return param.opts[0] if isinstance(param, click.Option) else param.human_readable_name


def _expected(kind: click.ParamType[Any]) -> str:
    if isinstance(kind, click.Choice):
        return f" {listed(map(str, kind.choices))} 之一"
    if isinstance(kind, click.Path):
        return "可用的檔案或資料夾路徑"
    return "整數" if kind is click.INT else "別的寫法"
