"""What a demonstration has besides: a seeded city, and RTSP cameras that show real pictures."""

from collections.abc import Sequence

from gongshi.config.environment import Environment
from gongshi.config.processes import LOOPBACK, Installation, installation, listens, python
from gongshi.config.supervisor import Process, single_instance
from gongshi.demo.accounts import ACCOUNTS, PASSWORD

TRY_THIS = """试一试（yingji-kan 已有授权，登录即可“实时查看”）：
  1. jiaotong 登录，在“点位一张图”选“中山街”“南明湖”两个球机，加入清单并提交，再“发起需求”；
  2. shuili 在工作台做“数源确认”，dashuju 做“大数据局审核”；
  3. yunwei 领取“实施工单”并逐点开通，dashuju-yanshou 验收；
  4. jiaotong-kan 在“实时查看”看到实时画面；dashuju 撤销授权，画面立即中断；
  5. shenji 查看“审计日志”和“信息调用登记”。"""


MARK = "demonstration"


class NotADemonstrationError(RuntimeError):
    """There is something else where the demonstration should be; the message is a Chinese sentence."""


def claim(environment: Environment) -> None:
    """Mark `var` as a demonstration's. Raises NotADemonstrationError when it holds a real installation."""
    server = installation(environment).server
    if server is None:
        raise NotADemonstrationError("演示只使用内置数据库，请先取消 DATABASE_URL。")
    mark = environment.var / MARK
    if server.home.exists() and any(server.home.iterdir()) and not mark.exists():
        raise NotADemonstrationError(
            f"{environment.var.resolve()} 中已有正式数据，请用 GONGSHI_VAR 为演示另选目录。"
        )
    environment.var.mkdir(parents=True, exist_ok=True)
    mark.touch()


def forget(environment: Environment) -> None:
    """Delete the demonstration's data, but not its clips: they take longest to make and hold nothing."""
    claim(environment)
    with single_instance(environment.var):
        server = installation(environment).server
        if server is not None:
            server.stop()
            server.remove()


def processes(given: Installation) -> Sequence[Process]:
    """To be run after the tables are there."""
    port = given.environment.demo_cameras_port
    environment = given.child_environment() | {"GONGSHI_DEMO_CAMERAS_PORT": str(port), "GONGSHI_DEMO": "1"}
    clips = str(given.environment.var.resolve() / "clips")
    return (
        Process("seed", python("gongshi.demo"), environment, needs=("register",), once=True),
        Process(
            "cameras",
            python("gongshi.demo.cameras", clips),
            {name: value for name, value in environment.items() if name != "DATABASE_URL"},
            ready=lambda: listens(LOOPBACK, port),
        ),
    )


def welcome(given: Installation) -> str:
    """What a visitor reads when everything runs."""
    width = max(len(entry.account) for entry in ACCOUNTS)
    accounts = "\n".join(f"  {entry.account:<{width}}  {entry.who}" for entry in ACCOUNTS)
    line = "─" * 72
    return (
        f"\n{line}\n共视演示已就绪：{given.portal_url}\n\n演示账号（密码均为 {PASSWORD}）：\n{accounts}\n"
        "  须二次验证的账号，验证码显示在登录后的验证页上。\n\n"
        f"{TRY_THIS}\n\nCtrl-C 停止；make demo 再次启动；.venv/bin/gongshi demo --reset 从头开始。\n{line}\n"
    )
