export interface Lane {
  id: string | number;
  label: string;
  url?: string | null;
}

export interface TimelineEvent {
  lane: string | number;
  start: string;
  end?: string | null;
  precision?: string;
  label: string;
  url?: string | null;
}

export interface TimelineData {
  lanes: Lane[];
  events: TimelineEvent[];
}

export interface PlacedEvent extends TimelineEvent {
  from: number;
  to: number;
  row: number;
}

export interface PlacedLane extends Lane {
  events: PlacedEvent[];
  rows: number;
}

/** Rows inside a lane so that neither marks nor their words overlap; `width` is the room in time that the words need. */
export function placeLane(lane: Lane, events: TimelineEvent[], width: (event: TimelineEvent) => number): PlacedLane {
  const ends: number[] = [];
  const placed = events
    .filter((event) => String(event.lane) === String(lane.id))
    .map((event) => ({ ...event, from: Date.parse(event.start), to: Date.parse(event.end || event.start) }))
    .filter((event) => Number.isFinite(event.from) && Number.isFinite(event.to))
    .sort((a, b) => a.from - b.from)
    .map((event): PlacedEvent => {
      const free = ends.findIndex((end) => end <= event.from);
      const row = free >= 0 ? free : ends.length;
      ends[row] = Math.max(event.to, event.from + width(event));
      return { ...event, row };
    });
  return { ...lane, events: placed, rows: Math.max(1, ends.length) };
}

const DAY = 86_400_000;
const STEPS: { limit: number; step: (date: Date) => Date; major: (date: Date) => boolean; label: (date: Date) => string }[] = [
  { limit: 3 * DAY, step: (d) => new Date(d.getTime() + DAY / 4), major: (d) => d.getUTCHours() === 0, label: (d) => d.toISOString().slice(5, 16).replace("T", " ") },
  { limit: 45 * DAY, step: (d) => new Date(d.getTime() + DAY), major: (d) => d.getUTCDay() === 1, label: (d) => d.toISOString().slice(5, 10) },
  { limit: 1100 * DAY, step: (d) => new Date(Date.UTC(d.getUTCFullYear(), d.getUTCMonth() + 1, 1)), major: (d) => d.getUTCMonth() % 3 === 0, label: (d) => d.toISOString().slice(0, 7) },
  { limit: Infinity, step: (d) => new Date(Date.UTC(d.getUTCFullYear() + 1, 0, 1)), major: () => true, label: (d) => String(d.getUTCFullYear()) },
];

/** Marks of the time axis for a span: hours, days, months or years, never more than a page can carry. */
export function ticks(from: number, to: number): { at: number; major: boolean; label: string }[] {
  const scale = STEPS.find(({ limit }) => to - from <= limit) ?? (STEPS.at(-1) as (typeof STEPS)[number]);
  const first = new Date(from);
  const start = scale.limit === Infinity ? new Date(Date.UTC(first.getUTCFullYear(), 0, 1)) : scale.limit > 45 * DAY ? new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth(), 1)) : new Date(Math.floor(from / DAY) * DAY);
  const marks: { at: number; major: boolean; label: string }[] = [];
  for (let date = start; date.getTime() <= to && marks.length < 400; date = scale.step(date)) {
    if (date.getTime() >= from) marks.push({ at: date.getTime(), major: scale.major(date), label: scale.label(date) });
  }
  return marks;
}
