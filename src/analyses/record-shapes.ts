/** Parts of records that several analyses have, as they are read again. */
import * as v from 'valibot';

/** What a model said. */
export const saidShape = {
  text: v.string(),
  tokens: v.number(),
  stop: v.picklist(['end', 'length', 'image-token', 'cancelled']),
};

/** What computed spectra, of which a GPU is named. */
export const computerShape = {
  device: v.picklist(['webgpu', 'cpu']),
  adapter: v.exactOptional(v.string()),
};
