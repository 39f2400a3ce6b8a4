/** A worker that fails before it can answer, as one does whose module cannot be compiled. */
export {};

throw new Error('stillborn for the test');
