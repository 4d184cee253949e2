"""The roles of the process; what each may do stands at the actions."""

from enum import StrEnum


class Role(StrEnum):
    """A duty in the intelligence process."""

    CHAIR = "chair"
    TASKING_COORDINATOR = "tasking_coordinator"
    HEAD_OF_INTELLIGENCE = "head_of_intelligence"
    STRATEGIC_ANALYST = "strategic_analyst"
    OPERATIONAL_ANALYST = "operational_analyst"
    INTELLIGENCE_OFFICER = "intelligence_officer"
    REPORTING_OFFICER = "reporting_officer"
    PLAN_OWNER = "plan_owner"
    DATA_PROTECTION_OFFICER = "data_protection_officer"
    OVERSIGHT = "oversight"
    LIAISON_OFFICER = "liaison_officer"
    SOURCE_HANDLER = "source_handler"
    SOURCE_CONTROLLER = "source_controller"
    ADMINISTRATOR = "administrator"


#: Roles of the sterile corridor: they know sources, and see nothing of the process.
CORRIDOR = frozenset({Role.SOURCE_HANDLER, Role.SOURCE_CONTROLLER})
#: Roles that work with the content of the process.
CONTENT = frozenset(Role) - {Role.ADMINISTRATOR, Role.OVERSIGHT} - CORRIDOR
ANALYSTS = frozenset({Role.STRATEGIC_ANALYST, Role.OPERATIONAL_ANALYST})
INTELLIGENCE = ANALYSTS | {Role.HEAD_OF_INTELLIGENCE, Role.INTELLIGENCE_OFFICER, Role.LIAISON_OFFICER}
MANAGERS = frozenset({Role.CHAIR, Role.TASKING_COORDINATOR, Role.HEAD_OF_INTELLIGENCE})
#: Every role that may look at rows at all; the administrator and the overseer see no content.
READERS = CONTENT
#: Who reads the audit log: never those who run the installation.
OVERSEERS = frozenset({Role.OVERSIGHT, Role.DATA_PROTECTION_OFFICER})
EVERYONE = frozenset(Role)
