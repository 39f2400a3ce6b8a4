/** Whose layer it is, as drawn. */
export interface Look {
  readonly name: string;
  readonly colour: string;
}

/** What the strip may change when it is an editor. Layers are LLM layers, 1…L. */
export interface StripEditor {
  /** What a click or Space does to layers: switches them off or on, or hands them to the chosen donor. */
  readonly press: 'switch' | 'hand';
  toggle(layers: readonly number[]): void;
  /** Hands layers to the donor with this key, or with null to the chosen one. False when there is none. */
  hand(layers: readonly number[], key: string | null): boolean;
}
