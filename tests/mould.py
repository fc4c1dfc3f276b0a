"""The mould of the tests' database: a stopped server's data folder, migrated once, copied by each process.

Processes that run tests each have a server of their own on a copy, so sessions never meet, and nothing lives
on between them but files that nobody changes. A mould is named by the digest of what decides how the database
looks; another state of the sources has another mould. `python -m tests.mould` makes the one of now.
"""

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gongshi.config.postgres import PostgresServer, Role, temporary_server
from tests.schema_sources import schema_digest

ROOT = Path(__file__).resolve().parents[1]
# Of each user his own, as their servers cannot read each other's files.
OF_THE_CHECKOUT = ROOT / ".pytest_cache" / f"moulds-{os.geteuid()}"
TEST_DATABASE = "test_gongshi"
PASSWORDS = "passwords.json"
# Of so many states of the sources, as branches come and go.
KEPT = 4


class Moulds:
    """The moulds in a folder, for all sessions that know it. Raises OSError where it cannot be written to."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.lock = folder / "lock"
        self.lock.touch()

    def lend_passwords(self, server: PostgresServer) -> None:
        """Give a server that was never started the passwords that are set in every mould."""
        server.dsn(Role.ADMIN)  # makes its home, and passwords
        own, known = server.home / PASSWORDS, self.folder / PASSWORDS
        with self._alone():
            if known.exists():
                shutil.copyfile(known, own)
            else:
                self._forget(keep=0)
                _copy(own, known)

    def pour(self, server: PostgresServer) -> None:
        """Give that server a copy of the mould of now. Raises CalledProcessError, as `make_if_missing`."""
        with self._alone():
            _copy(self._of_now(server), server.data)

    def make_if_missing(self, server: PostgresServer) -> None:
        """Make the mould of now for servers like this. Raises CalledProcessError; why is on stderr."""
        with self._alone():
            self._of_now(server)

    def _of_now(self, server: PostgresServer) -> Path:
        mould = self.folder / f"mould-{server.user or 'own'}-{schema_digest()}"
        if not mould.exists():
            # In a process of its own, as the settings of this one lead to another database.
            subprocess.run([sys.executable, "-m", "tests.mould", str(mould)], check=True, cwd=ROOT)
        mould.touch()
        self._forget(KEPT)
        return mould

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One at a time, of all processes of all sessions."""
        with self.lock.open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _forget(self, keep: int) -> None:
        """Delete the moulds, and the drafts, that were not used for longest."""
        moulds = sorted(self.folder.glob("mould-*"), key=lambda path: path.stat().st_mtime, reverse=True)
        for mould in moulds[keep:]:
            shutil.rmtree(mould)


def make(mould: Path) -> None:
    """Start a server with the passwords beside the mould's place, migrate, stop it, and keep its data."""
    with tempfile.TemporaryDirectory(prefix="gongshi-mould-") as folder:
        var = Path(folder)
        # Ours, so it may be opened for passing through: the server's system user has to reach below it.
        var.chmod(0o711)
        to_be = PostgresServer(var, durable=False)
        to_be.dsn(Role.ADMIN)
        shutil.copyfile(mould.with_name(PASSWORDS), to_be.home / PASSWORDS)
        with temporary_server(var) as server:
            migrate(server.dsn(Role.OWNER), var)
            server.stop()
            draft = mould.with_name(f"{mould.name}.draft")
            shutil.rmtree(draft, ignore_errors=True)
            _copy(server.data, draft)
        draft.rename(mould)


def migrate(url: str, var: Path) -> None:
    """Make the test database as Django does, but without what is written after migrations.

    That is no matter of the migrations: any change of ours may change it, so each session writes it.
    """
    os.environ |= {"DATABASE_URL": url, "DATABASE_OWNER_URL": url, "GONGSHI_VAR": str(var)}
    os.environ["DJANGO_SETTINGS_MODULE"] = "gongshi.config.settings"
    import django

    django.setup()
    from django.db import connection
    from django.db.models.signals import post_migrate

    post_migrate.receivers.clear()
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    connection.close()


def _copy(source: Path, place: Path) -> None:
    """With owners and rights, and where the disk can do so without copying anything."""
    subprocess.run(["cp", "-a", "--reflink=auto", "-T", str(source), str(place)], check=True)


def make_for_this_checkout() -> None:
    """Before sessions that would all wait for it."""
    with tempfile.TemporaryDirectory(prefix="gongshi-mould-") as folder:
        moulds, server = Moulds(OF_THE_CHECKOUT), PostgresServer(Path(folder), durable=False)
        moulds.lend_passwords(server)
        moulds.make_if_missing(server)
        server.remove()


if __name__ == "__main__":
    make(Path(sys.argv[1])) if sys.argv[1:] else make_for_this_checkout()
