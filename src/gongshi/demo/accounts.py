"""The accounts that the demonstration shows to its visitors."""

from dataclasses import dataclass

# Printed at every start and shown on the login page of a demonstration; no other installation has it.
PASSWORD = "Gongshi-2026!"  # noqa: S105


@dataclass(frozen=True)
class DemoAccount:
    account: str
    who: str


# Has only what everybody is given: his first log-in shows the way in.
NEWCOMER = "xinren"

# In the order in which a visitor plays a demand through.
ACCOUNTS = (
    DemoAccount("jiaotong", "市交通局 数据专员：选点位、提需求、评价"),
    DemoAccount("shuili", "市水利局 数源审核员：数源确认"),
    DemoAccount("dashuju", "市大数据局 数据管理员：审核需求、审核编目"),
    DemoAccount("yunwei", "市大数据公司 运维人员：实施工单"),
    DemoAccount("dashuju-yanshou", "市大数据局 数据管理员：验收"),
    DemoAccount("jiaotong-kan", "市交通局 使用人员：查看视频"),
    DemoAccount("yingji-kan", "市应急局 使用人员：已有授权，登录即可查看视频"),
    DemoAccount("gongan-zhuanyuan", "市公安局 数据专员：编目提交"),
    DemoAccount("jiaotong-fuzeren", "市交通局 部门负责人"),
    DemoAccount("shenji", "审计管理员：审计日志、信息调用登记"),
    DemoAccount("anquan", "安全管理员：账号、锁定、二次验证、承诺书"),
    DemoAccount("xitong", "系统管理员：部门、参数、媒体节点"),
    DemoAccount(NEWCOMER, "首次登录：修改密码、设置二次验证、签署承诺书"),
)
