"""Every type of event that a drill's record can hold, one module a theme.

What a theme defines is had from here: a new event is written in its theme and nowhere else.
"""

from harness.record.events.agent_calls import *
from harness.record.events.ai_exchanges import *
from harness.record.events.alerting import *
from harness.record.events.drill_life import *
from harness.record.events.event import *
from harness.record.events.exercise_run import *
from harness.record.events.response import *
from harness.record.events.shop_changes import *
from harness.record.events.shop_health import *
