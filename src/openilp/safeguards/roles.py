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
    SUPERVISORY_AUTHORITY = "supervisory_authority"
    LIAISON_OFFICER = "liaison_officer"
    SOURCE_HANDLER = "source_handler"
    SOURCE_CONTROLLER = "source_controller"
    ADMINISTRATOR = "administrator"


#: Roles of the sterile corridor: they know sources, and see nothing of the process.
CORRIDOR = frozenset({Role.SOURCE_HANDLER, Role.SOURCE_CONTROLLER})
#: Roles that watch or run an agency from beside the process: registers, logs and accounts, no content.
BESIDE = frozenset({Role.ADMINISTRATOR, Role.OVERSIGHT, Role.SUPERVISORY_AUTHORITY})
#: Roles that work with the content of the process.
CONTENT = frozenset(Role) - BESIDE - CORRIDOR
ANALYSTS = frozenset({Role.STRATEGIC_ANALYST, Role.OPERATIONAL_ANALYST})
INTELLIGENCE = ANALYSTS | {Role.HEAD_OF_INTELLIGENCE, Role.INTELLIGENCE_OFFICER, Role.LIAISON_OFFICER}
MANAGERS = frozenset({Role.CHAIR, Role.TASKING_COORDINATOR, Role.HEAD_OF_INTELLIGENCE})
#: Every role that may look at rows at all; administrators, overseers and authorities see none.
READERS = CONTENT
#: Who reads the audit log: never those who run the installation.
OVERSEERS = frozenset({Role.OVERSIGHT, Role.DATA_PROTECTION_OFFICER})
#: Who reads the registers of data protection: records of processing, assessments, breaches, declared statistics.
SUPERVISORS = OVERSEERS | {Role.SUPERVISORY_AUTHORITY}
EVERYONE = frozenset(Role)
