import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import gongshi.kernel.encryption
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('catalogue', '0002_drafts'),
        ('identity', '0004_nobody_is_deleted'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Inspection',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(verbose_name='检测时间')),
                ('outcome', models.CharField(choices=[('intact', '正常'), ('faulty', '有异常'), ('offline', '离线'), ('untested', '未检测')], max_length=8, verbose_name='检测结果')),
                ('trouble', models.CharField(blank=True, choices=[('unreachable', '连接不上'), ('refused', '设备拒绝访问（账号、密码或取流地址）'), ('silent', '已连接但没有视频数据'), ('unreadable', '视频数据无法解码'), ('no_path', '没有可检测的接入路径'), ('other_zone', '所在网络区域不可达'), ('other_codec', '编码格式不支持检测')], max_length=12, verbose_name='原因')),
                ('faults', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=16), default=list, size=None, verbose_name='异常')),
                ('numbers', models.JSONField(default=dict, verbose_name='诊断数值')),
                ('result_code', models.PositiveSmallIntegerField(null=True, verbose_name='结果代码')),
                ('first_frame_ms', models.PositiveIntegerField(null=True, verbose_name='首帧时间（毫秒）')),
                ('bitrate', models.PositiveIntegerField(null=True, verbose_name='码率（kbit/s）')),
                ('frame_rate', models.FloatField(null=True, verbose_name='帧率')),
                ('width', models.PositiveSmallIntegerField(null=True, verbose_name='宽（像素）')),
                ('height', models.PositiveSmallIntegerField(null=True, verbose_name='高（像素）')),
                ('gop_s', models.FloatField(null=True, verbose_name='关键帧间隔（秒）')),
                ('codec', models.CharField(blank=True, max_length=8, verbose_name='编码格式')),
                ('recording_days', models.PositiveSmallIntegerField(null=True, verbose_name='录像天数')),
                ('clock_error_s', models.IntegerField(null=True, verbose_name='时钟误差（秒）')),
                ('camera', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='inspections', to='catalogue.camera', verbose_name='点位')),
                ('source_department', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.department', verbose_name='数源部门')),
            ],
            options={
                'verbose_name': '检测记录',
                'ordering': ['-at', '-id'],
            },
        ),
        migrations.CreateModel(
            name='Thumbnail',
            fields=[
                ('inspection', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='thumbnail', serialize=False, to='quality.inspection')),
                ('made_at', models.DateTimeField(db_index=True, verbose_name='生成时间')),
                ('picture', gongshi.kernel.encryption.EncryptedTextField(verbose_name='画面')),
            ],
            options={
                'verbose_name': '缩略图',
            },
        ),
        migrations.CreateModel(
            name='InspectionPlan',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=64, unique=True, verbose_name='计划名称')),
                ('region', models.CharField(blank=True, choices=[('331100', '丽水市'), ('331102', '莲都区'), ('331121', '青田县'), ('331122', '缙云县'), ('331123', '遂昌县'), ('331124', '松阳县'), ('331125', '云和县'), ('331126', '庆元县'), ('331127', '景宁畲族自治县'), ('331181', '龙泉市')], max_length=6, verbose_name='行政区域')),
                ('point_class', models.CharField(blank=True, choices=[('1', '一类点'), ('2', '二类点'), ('3', '三类点')], max_length=1, verbose_name='点位分类')),
                ('every_hours', models.PositiveSmallIntegerField(verbose_name='检测周期（小时）')),
                ('from_hour', models.PositiveSmallIntegerField(default=0, verbose_name='开始时刻（时）')),
                ('until_hour', models.PositiveSmallIntegerField(default=0, verbose_name='结束时刻（时）')),
                ('at_once', models.PositiveSmallIntegerField(default=20, verbose_name='同时检测路数')),
                ('window_s', models.PositiveSmallIntegerField(default=6, verbose_name='每路检测时长（秒）')),
                ('is_active', models.BooleanField(default=True, verbose_name='启用')),
                ('created_at', models.DateTimeField(verbose_name='创建时间')),
                ('last_begun_at', models.DateTimeField(null=True, verbose_name='最近开始')),
                ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='创建人')),
                ('department', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.department', verbose_name='数源部门')),
            ],
            options={
                'verbose_name': '检测计划',
                'ordering': ['name'],
            },
        ),
        migrations.CreateModel(
            name='InspectionRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('running', '进行中'), ('done', '已完成')], default='running', max_length=8, verbose_name='状态')),
                ('at_once', models.PositiveSmallIntegerField(verbose_name='同时检测路数')),
                ('window_s', models.PositiveSmallIntegerField(verbose_name='每路检测时长（秒）')),
                ('begun_at', models.DateTimeField(verbose_name='开始时间')),
                ('done_at', models.DateTimeField(null=True, verbose_name='完成时间')),
                ('total', models.PositiveIntegerField(verbose_name='点位数')),
                ('done', models.PositiveIntegerField(default=0, verbose_name='已检测')),
                ('asked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='发起人')),
                ('plan', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='runs', to='quality.inspectionplan', verbose_name='检测计划')),
            ],
            options={
                'verbose_name': '检测批次',
                'ordering': ['-id'],
            },
        ),
        migrations.AddField(
            model_name='inspection',
            name='run',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='inspections', to='quality.inspectionrun', verbose_name='检测批次'),
        ),
        migrations.CreateModel(
            name='RunPoint',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('camera', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='catalogue.camera')),
                ('run', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='points', to='quality.inspectionrun')),
            ],
            options={
                'verbose_name': '待检测点位',
            },
        ),
        migrations.AddConstraint(
            model_name='inspectionplan',
            constraint=models.CheckConstraint(condition=models.Q(('from_hour__lte', 23), ('until_hour__lte', 23)), name='hours_are_of_a_day'),
        ),
        migrations.AddConstraint(
            model_name='inspectionplan',
            constraint=models.CheckConstraint(condition=models.Q(('at_once__range', (1, 200))), name='some_cameras_at_once'),
        ),
        migrations.AddConstraint(
            model_name='inspectionplan',
            constraint=models.CheckConstraint(condition=models.Q(('every_hours__gte', 1)), name='plan_comes_round'),
        ),
        migrations.AddConstraint(
            model_name='inspectionplan',
            constraint=models.CheckConstraint(condition=models.Q(('window_s__range', (2, 30))), name='window_is_some_seconds'),
        ),
        migrations.AddConstraint(
            model_name='inspectionrun',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'running')), fields=('plan',), name='one_run_of_a_plan_at_once'),
        ),
        migrations.AddIndex(
            model_name='inspection',
            index=models.Index(fields=['camera', '-at'], name='inspection_of_camera'),
        ),
        migrations.AddIndex(
            model_name='inspection',
            index=models.Index(fields=['-at', '-id'], name='inspection_by_time'),
        ),
        migrations.AddIndex(
            model_name='inspection',
            index=models.Index(fields=['source_department', '-at'], name='inspection_by_source'),
        ),
        migrations.AddIndex(
            model_name='inspection',
            index=django.contrib.postgres.indexes.GinIndex(fields=['faults'], name='inspection_by_fault'),
        ),
        migrations.AddConstraint(
            model_name='inspection',
            constraint=models.UniqueConstraint(fields=('run', 'camera'), name='a_camera_once_a_run'),
        ),
        migrations.AddConstraint(
            model_name='inspection',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('outcome__in', ['faulty', 'offline']), models.Q(('faults', []), _negated=True)), models.Q(('faults', []), ('outcome__in', ['intact', 'untested'])), _connector='OR'), name='only_what_is_out_of_order_has_faults'),
        ),
        migrations.AddConstraint(
            model_name='runpoint',
            constraint=models.UniqueConstraint(fields=('run', 'camera'), name='a_point_once_a_run'),
        ),
    ]
