export interface Step {
  label: string;
  redo: () => void;
  undo: () => void;
}

/** What the user did to the drawing, to take back and do again. */
export class History {
  private readonly done: Step[] = [];
  private undone: Step[] = [];

  constructor(private readonly changed: () => void) {}

  get canUndo(): boolean {
    return this.done.length > 0;
  }

  get canRedo(): boolean {
    return this.undone.length > 0;
  }

  /** Does a step and remembers it. */
  run(step: Step): void {
    step.redo();
    this.done.push(step);
    this.undone = [];
    this.changed();
  }

  undo(): string | null {
    const step = this.done.pop();
    if (!step) return null;
    step.undo();
    this.undone.push(step);
    this.changed();
    return step.label;
  }

  redo(): string | null {
    const step = this.undone.pop();
    if (!step) return null;
    step.redo();
    this.done.push(step);
    this.changed();
    return step.label;
  }
}
