/** A worker that fails before it can answer, as one does whose module cannot be compiled. */
export {};

throw new Error('fails to start, for the test');
