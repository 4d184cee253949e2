/** Entry of every page: base behaviour at once, an island when its element is on the page. */
import { startComboboxes } from "./base/combobox";
import { startDates } from "./base/dates";
import { startDialogs } from "./base/dialogs";
import { startForms } from "./base/forms";
import { startGrading } from "./base/grade";
import { startHtmx } from "./base/htmx";
import { startLists } from "./base/list";
import { startReader } from "./base/reader";
import { startRepeats } from "./base/repeat";
import { startShortcuts } from "./base/shortcuts";
import { startTheme } from "./base/theme";
import { startToasts } from "./base/toast";
import { startIslands } from "./islands";

startTheme();
startDialogs();
startHtmx();
startForms();
startRepeats();
startDates();
startToasts();
startComboboxes();
startReader();
startLists();
startGrading();
startShortcuts();
startIslands();
