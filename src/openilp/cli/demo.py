"""The demo agency: loaded once, with its log-ins on the terminal."""

from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from openilp.web.demo import DEMO_PASSWORD as DEMO_PASSWORD

DEMO_MARK = "demo"


def load() -> None:
    """Load the demo agency with visible progress, unless it is there."""
    from openilp.cli import demo_agency

    if demo_agency.is_loaded():
        return
    with Progress(
        TextColumn("• demo agency: {task.description:<28}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeElapsedColumn(),
    ) as bar:
        task = bar.add_task("units and accounts", total=1.0)
        demo_agency.load(lambda what, share: bar.update(task, description=what, completed=share))


def print_log_ins(address: str) -> None:
    """Print where to go and one log-in a role."""
    from openilp.safeguards.models import User

    print(f"\nOpenILP demo on {address} – password of every account: {DEMO_PASSWORD}\n")
    for user in User.objects.filter(is_active=True).order_by("username"):
        print(f"  {user.username:<26} {', '.join(r.replace('_', ' ') for r in user.roles)}")
    print("\nCtrl-C stops the server and the database.", flush=True)
