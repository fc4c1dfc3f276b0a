"""The rules that points are checked by (校验规则), declared once: code, severity, columns, a sentence.

What a rule says of one row is told where it is carried out; how grave it is, only here.
"""

from dataclasses import dataclass

from gongshi.kernel.problems import Severity

E, W = Severity.ERROR, Severity.WARNING


@dataclass(frozen=True)
class Check:
    """`heads` are the columns that it looks at, in words."""

    code: str
    severity: Severity
    heads: str
    sentence: str

    @property
    def severity_label(self) -> str:
        return "错误" if self.severity is Severity.ERROR else "提示"


CHECKS: tuple[Check, ...] = (
    Check("unreadable", E, "各列", "必填项不能为空，各列按填写要求填写：长度、格式、可选值。"),
    Check("classified", E, "设备名称、地址、备注", "涉密点位不得录入本平台。"),
    Check("duplicate", E, "视频编号", "同一文件中视频编号不能重复。"),
    Check("taken", E, "视频编号", "逐个新增时，视频编号不能已在目录中。"),
    Check("other_code", E, "视频编号", "已发布点位的视频编号不能修改。"),
    Check("waiting", E, "视频编号", "等待审核的点位须在审核后才能再次提交。"),
    Check(
        "code_type",
        E,
        "视频编号",
        "20 位国标编码的第 11 至 13 位须为摄像机类型：131 摄像机或 132 网络摄像机。",
    ),
    Check("code_scheme", E, "视频编号", "自编编号须符合数源部门的自编编号规则（已设置规则的部门）。"),
    Check("code_of_other_region", W, "视频编号", "20 位国标编码的前 6 位应与行政区域代码一致。"),
    Check(
        "code_reserved",
        W,
        "视频编号",
        "20 位国标编码的行业编码（第 9、10 位）、网络标识（第 14 位）应为国标已定义的值。",
    ),
    Check("other_department", E, "数源部门", "只能为本部门和本部门主管的单位编目。"),
    Check("no_reviewer", E, "共享级别", "没有数源审核员的部门不能发布受限共享的点位。"),
    Check("missing_condition", E, "共享条件", "受限共享的点位须写明共享条件。"),
    Check("missing_ground", E, "不予共享依据", "非共享的点位须写明不予共享的法律法规依据。"),
    Check("outside", E, "经度、纬度", "位置须在所填行政区域内（WGS-84，容许边界误差 200 米）。"),
    Check("swapped", E, "经度、纬度", "位置不在全市范围内而经纬度对调后在的，经度和纬度可能填反。"),
    Check(
        "gcj02",
        E,
        "经度、纬度",
        "位置不在所填行政区域内而按 GCJ-02 换算后在的，可能是地图坐标，须转换为 WGS-84。",
    ),
    Check("gcj02_shift", W, "经度、纬度", "新位置恰为原位置的 GCJ-02 坐标的，可能误用了地图坐标。"),
    Check("missing_address", E, "IP地址", "填写了网关或子网掩码，还须填写 IP 地址。"),
    Check("missing_netmask", E, "子网掩码", "填写了网关，还须填写子网掩码。"),
    Check("bad_mask", E, "子网掩码", "子网掩码须能用于所填 IP 地址。"),
    Check("gateway_outside", E, "网关", "网关须与 IP 地址在同一网段。"),
    Check("gateway_is_device", E, "网关", "网关不能与 IP 地址相同。"),
    Check("incomplete", W, "IP地址", "未填写 IP 地址的，编目信息不完整。"),
    Check("other_host", W, "取流地址", "取流地址的主机应为本点位的 IP 地址。"),
    Check("duplicate_address", W, "IP地址、VLAN", "IP 地址和 VLAN 不应与其他点位相同。"),
    Check("duplicate_place", W, "设备名称、经度、纬度", "设备名称不应与 5 米以内的其他点位相同。"),
    Check(
        "missing_of_class", W, "点位分类", "一、二类点应填齐国家一机一档必填项，三类点应填齐其中的主要几项。"
    ),
    Check("short_retention", W, "录像保存天数", "录像保存天数不应少于法定的 30 天。"),
)
BY_CODE = {check.code: check for check in CHECKS}


def severity_of(code: str) -> Severity:
    """How grave a finding of this rule is. A rule that is not declared may not find anything: KeyError."""
    return BY_CODE[code].severity


def notes() -> list[str]:
    """The rules as lines, for the sheet of explanations."""
    return [f"【{check.severity_label}】{check.heads}：{check.sentence}" for check in CHECKS]
