import { svg } from "../../shared/dom";
import { t } from "../../shared/words";

export type Shape = "circle" | "square" | "diamond" | "triangle" | "hexagon";

interface Look {
  colour: string;
  shape: Shape;
}

const LOOKS: [pattern: RegExp, look: Look][] = [
  [/person|suspect|witness/, { colour: "e-person-i", shape: "circle" }],
  [/organi[sz]ation|company|group|unit/, { colour: "e-org-i", shape: "square" }],
  [/vehicle|car|vessel|aircraft/, { colour: "e-vehicle-i", shape: "diamond" }],
  [/place|location|address|premises/, { colour: "e-place-i", shape: "triangle" }],
  [/phone|communication|email|account|device|online/, { colour: "e-phone-i", shape: "hexagon" }],
];

/** Colour token and shape of a kind: shape and the word in the label say it too, never colour alone. */
export function lookOf(kind: string): Look {
  return LOOKS.find(([pattern]) => pattern.test(kind.toLowerCase()))?.[1] ?? { colour: "e-time-i", shape: "square" };
}

const OUTLINES: Record<Shape, string> = {
  circle: "M6 1a5 5 0 1 1 0 10a5 5 0 1 1 0-10z",
  square: "M2 2h8v8h-8z",
  diamond: "M6 1l5 5l-5 5l-5-5z",
  triangle: "M6 1l5 9h-10z",
  hexagon: "M3 1.5h6l3 4.5l-3 4.5h-6l-3-4.5z",
};

export function shapeIcon(shape: Shape, colour: string): SVGSVGElement {
  return svg("svg", { viewBox: "0 0 12 12", width: 12, height: 12, "aria-hidden": "true" }, svg("path", { d: OUTLINES[shape], fill: colour }));
}

/** The kind as a word of the page's language, when it is one of the usual ones. */
export function kindWord(kind: string): string {
  const words: Record<string, string> = {
    person: t("person"),
    organisation: t("organisation"),
    vehicle: t("vehicle"),
    place: t("place"),
    location: t("place"),
    telephone: t("telephone"),
    phone: t("telephone"),
    account: t("account"),
    event: t("event"),
    item: t("item"),
    document: t("document"),
  };
  return words[kind.toLowerCase()] ?? kind;
}
