"""Every setting that the environment gives, in one table: settings, doctor and docs read this one.

Needs no Django.
"""

from __future__ import annotations

import os
from dataclasses import dataclass

from bangfu.core.text import Refused, Text


@dataclass(frozen=True, slots=True)
class Variable:
    """An environment variable (设置): its default as it would be written, and what it means."""

    name: str
    default: str
    means: Text


def _v(name: str, default: str, zh: str, en: str) -> Variable:
    return Variable(f"BANGFU_{name}", default, Text(zh, en))


TABLE = (
    _v("DATA", "data", "数据文件夹；命令的 --data 优先",
       "the data folder; a command's --data comes first"),
    _v("COUNTY", "xiangcheng", "哪个县的工作手册：随程序带的县，或一个文件夹",
       "whose handbook holds: a county that comes with the program, or a folder"),
    _v("DATABASE", "", "空：数据文件夹里的 SQLite；或 postgresql://…（docs/postgresql.md）",
       "empty: SQLite in the data folder; or postgresql://… (docs/postgresql.md)"),
    _v("WAIT_SECONDS", "20", "写入时最多等别人多少秒，过后回答 503",
       "how many seconds a writer waits for others before 503 is answered"),
    _v("MASTER_KEY_FILE", "keys/master.key", "主密钥文件；默认在数据文件夹里",
       "the master key's file; by default in the data folder"),
    _v("WALL_KEY_FILE", "keys/wall.key", "第二道墙的密钥文件（仅 PostgreSQL）；默认在数据文件夹里",
       "the second wall's key, on PostgreSQL only; by default in the data folder"),
    _v("OUTSIDE", "outside", "存证点和删除清单写在哪里；默认在数据文件夹里",
       "where checkpoints and erasures are listed; by default in the data folder"),
    _v("SECRET_KEY", "", "会话签名密钥；空：自动生成并存为 keys/signing.key",
       "what sessions are signed with; empty: made once and kept in keys/signing.key"),
    _v("HOSTS", "localhost,127.0.0.1,[::1]", "允许的域名，逗号分开",
       "the hosts answered for, by commas"),
    _v("ORIGINS", "", "反向代理改写了域名时，浏览器所见的网址，逗号分开",
       "addresses as browsers see them where a proxy changes the host, by commas"),
    _v("HTTPS", "0", "1：只经加密访问（反向代理须设 X-Forwarded-Proto）",
       "1: encrypted only (the proxy must set X-Forwarded-Proto)"),
    _v("DEBUG", "0", "1：出错时显示程序内部；不得用于真实数据",
       "1: faults show the program's inside; never with real data"),
    _v("LOG_REQUESTS", "0", "1：每个请求记一行日志；否则只记故障",
       "1: a line of the log for each request; else faults only"),
    _v("SECOND_FACTOR", "", "offices：单位岗位登录要第二因素；off：不要；空：只有真实的县要",
       "offices: asked of offices' posts; off: of nobody; empty: in a real county only"),
    _v("OWN_PHONE_DAYS", "90", "在自己手机上登录保持多少天",
       "for how many days a sign-in lasts on one's own phone"),
    _v("IDLE_MINUTES", "30", "在别的设备上闲置多少分钟后退出",
       "idle minutes after which a sign-in ends elsewhere"),
)  # fmt: skip
_BY_NAME = {one.name: one for one in TABLE}
LONGEST = 3600.0  # seconds
_YES = ("1", "true", "yes", "on")
_NO = ("", "0", "false", "no", "off")


def table() -> str:
    """The table as docs/deploy.md has it."""
    lines = ["| setting | default | meaning |", "|---|---|---|"]
    for one in TABLE:
        default = f"`{one.default}`" if one.default else ""
        lines.append(f"| `{one.name}` | {default} | {one.means.en} · {one.means.zh} |")
    return "\n".join(lines)


def text(name: str) -> str:
    """What the environment says, else the default; raises `KeyError` for an unknown name."""
    return os.environ.get(name, _BY_NAME[name].default)


def given(name: str) -> str | None:
    """What the environment says; None where it says nothing."""
    return os.environ.get(_BY_NAME[name].name) or None


def several(name: str) -> list[str]:
    """The parts between commas, without empty ones."""
    return [part.strip() for part in text(name).split(",") if part.strip()]


def flag(name: str) -> bool:
    """Yes or no; raises `Refused` for what is neither."""
    word = text(name).lower()
    if word not in _YES + _NO:
        raise bad(name, "只能写 1 或 0", "must be 1 or 0")
    return word in _YES


def number(name: str) -> int:
    """A whole number above zero; raises `Refused` for anything else."""
    word = text(name)
    if not word.isascii() or not word.isdigit() or int(word) == 0:
        raise bad(name, "要写大于零的整数", "must be a whole number above zero")
    return int(word)


def seconds(name: str) -> float:
    """A time above zero, parts of a second too; raises `Refused` for anything else."""
    try:
        found = float(text(name))
    except ValueError:
        found = 0.0
    if not 0 < found < LONGEST:
        raise bad(name, "要写大于零的秒数", "must be a number of seconds above zero")
    return found


def bad(name: str, zh: str, en: str) -> Refused:
    """The refusal to start with such a setting; does not repeat it, for it may be a secret."""
    return Refused("bad_setting", f"设置 {name} {zh}。", f"The setting {name} {en}.", place=name)
