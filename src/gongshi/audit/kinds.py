"""Everything that is recorded, as `room:thing:what happened`. Alphabetical within each room."""

from django.db import models


class AuditAction(models.TextChoices):
    FieldKeyMade = "kernel:field_key:made", "生成字段加密密钥"
    FieldKeysRetired = "kernel:field_key:retired", "删除字段加密密钥"

    EventsTakenOut = "audit:event:taken_out", "导出审计日志"
    RegisterTakenOut = "audit:access_record:taken_out", "导出信息调用登记"
    ActRefused = "audit:act:refused", "越权操作被拒绝"

    AccountLocked = "identity:account:locked", "锁定账号"
    AccountUnlocked = "identity:account:unlocked", "解锁账号"
    AccountsConfirmed = "identity:review:confirmed", "复核账号"
    DepartmentEdited = "identity:department:edited", "修改部门"
    DepartmentMerged = "identity:department:merged", "合并部门"
    LoggedIn = "identity:session:begun", "登录"
    LoggedOut = "identity:session:ended", "退出"
    LoginFailed = "identity:session:failed", "登录失败"
    PersonCreated = "identity:person:created", "新建账号"
    PersonEdited = "identity:person:edited", "修改人员信息"
    PersonMoved = "identity:person:moved", "调动部门"
    PersonRetired = "identity:person:retired", "注销账号"
    PhoneRevealed = "identity:phone:revealed", "查看联系电话"
    ProposalDecided = "identity:proposal:decided", "审批账号申请"
    ProposalMade = "identity:proposal:made", "提出账号申请"
    ProposalWithdrawn = "identity:proposal:withdrawn", "撤回账号申请"
    ReviewBegun = "identity:review:begun", "发起账号复核"
    ReviewFinished = "identity:review:finished", "完成账号复核"
    RolesChanged = "identity:person:roles_changed", "调整权限"
    DepartmentCreated = "identity:department:created", "新建部门"
    HeadAppointed = "identity:department:head_appointed", "任命部门负责人"

    LoginAddressChanged = "login:session:address_changed", "登录期间地址变化"
    LoginEnded = "login:session:ended", "结束登录"
    LoginOutside = "login:session:outside", "拒绝网络外登录"
    NetworkAllowed = "login:network:allowed", "增加登录网络"
    NetworkWithdrawn = "login:network:withdrawn", "删除登录网络"

    CameraPublished = "catalogue:camera:published", "发布点位"
    CameraWithdrawn = "catalogue:camera:withdrawn", "撤回点位"
    ChangeReturned = "catalogue:change:returned", "退回编目"
    SubmissionSubmitted = "catalogue:submission:submitted", "提交编目"
    SubmissionDecided = "catalogue:submission:decided", "编目审核"

    AlertClosed = "alerts:alert:closed", "关闭告警"
    AlertExplained = "alerts:alert:explained", "说明告警"
    AlertQuestioned = "alerts:alert:questioned", "要求说明告警"
    AlertRaised = "alerts:alert:raised", "发出告警"
    AlertReopened = "alerts:alert:reopened", "重新打开告警"
    AlertTaken = "alerts:alert:taken", "接手告警"

    LockedOut = "credentials:lock:set", "登录失败锁定"
    LockLifted = "credentials:lock:lifted", "解除登录锁定"
    PasswordChanged = "credentials:password:changed", "修改密码"
    PasswordReset = "credentials:password:reset", "重置密码"
    RecoveryCodeUsed = "credentials:recovery_code:used", "使用恢复码"
    RecoveryCodesRenewed = "credentials:recovery_code:renewed", "重新生成恢复码"
    SecondFactorRemoved = "credentials:second_factor:removed", "停用二次验证"
    SecondFactorReset = "credentials:second_factor:reset", "重置二次验证"
    SecondFactorSet = "credentials:second_factor:set", "设置二次验证"
    UndertakingAccepted = "credentials:undertaking:accepted", "签署承诺书"
    UndertakingPublished = "credentials:undertaking:published", "发布承诺书"

    PointListCreated = "atlas:point_list:created", "生成点位需求清单"

    BusinessCategoryCreated = "demand:category:created", "新增业务分类"
    BusinessItemCreated = "demand:item:created", "新增业务事项"
    DemandDrafted = "demand:demand:drafted", "起草需求"
    DemandEdited = "demand:demand:edited", "修改需求草稿"
    DemandSubmitted = "demand:demand:submitted", "提交需求"
    DemandWithdrawn = "demand:demand:withdrawn", "撤回需求"
    LaneAgreed = "demand:lane:agreed", "数源同意"
    LaneRefused = "demand:lane:refused", "数源拒绝"
    LaneApproved = "demand:lane:approved", "大数据局审核通过"
    LaneRejected = "demand:lane:rejected", "大数据局审核不通过"
    LaneDelivered = "demand:lane:delivered", "实施完成"
    LaneAccepted = "demand:lane:accepted", "验收通过"
    LaneFailedAcceptance = "demand:lane:failed_acceptance", "验收不通过"
    LaneTerminated = "demand:lane:terminated", "实施终止"

    FeedbackGiven = "delivery:feedback:given", "满意度打分"
    WorkOrderIssued = "delivery:work_order:issued", "派发工单"
    WorkOrderExtended = "delivery:work_order:extended", "工单增加点位"
    WorkOrderClaimed = "delivery:work_order:claimed", "领取工单"
    WorkOrderLineRecorded = "delivery:work_order:line_recorded", "登记实施结果"

    GrantActivated = "grants:grant:activated", "授权生效"
    GrantDiscarded = "grants:grant:discarded", "取消待生效授权"
    GrantExpired = "grants:grant:expired", "授权到期"
    GrantPrepared = "grants:grant:prepared", "准备授权"
    GrantRevoked = "grants:grant:revoked", "撤销授权"

    ParameterSet = "parameters:parameter:set", "修改参数"

    NodeRegistered = "viewing:node:registered", "登记媒体节点"
    PlayEnded = "viewing:session:ended", "结束查看"
    PlayOpened = "viewing:session:opened", "打开查看"
    PlayRefused = "viewing:session:refused", "拒绝查看"


def recorded_actions() -> list[tuple[str, str]]:
    """For the column's choices; by a function, so that a new kind needs no migration."""
    return AuditAction.choices
