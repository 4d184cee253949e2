/** Entry of every page: base behaviour now, islands when their element is on the page. */
import "./base/htmx";
import { startTheme } from "./base/theme";

startTheme();
