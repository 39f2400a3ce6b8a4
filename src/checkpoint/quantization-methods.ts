/** What each way of quantizing leaves beside, or in place of, a weight; and how to come back to plain weights. */

/** Ends of tensor names → method in the spelling of `quant_method`, and its name for people. First match wins. */
export const SIGNS: readonly (readonly [pattern: RegExp, method: string, label: string])[] = [
  [/\.(SCB|weight_format)$/, 'bitsandbytes', 'bitsandbytes LLM.int8'],
  [
    /\.weight\.(?:(?:absmax|quant_map|nested_absmax|nested_quant_map)$|quant_state\..)/,
    'bitsandbytes',
    'bitsandbytes, 4 bits',
  ],
  [/\.(qweight|qzeros|g_idx)$/, 'gptq', 'AWQ or GPTQ'],
  [/[._](?:weight|proj)_scale_inv$/, 'fp8', 'FP8 in blocks'],
  [/\.weight_scale_2$/, 'modelopt', 'ModelOpt, NVFP4'],
  [
    /\.(weight_packed|weight_shape|weight_zero_point|weight_g_idx|weight_global_scale)$/,
    'compressed-tensors',
    'compressed-tensors',
  ],
  [/[._](?:weight|proj)_scale$/, 'compressed-tensors', 'FP8 or INT8'],
  [/\.weight_scales$/, 'eetq', 'EETQ'],
  [/\.W_q$/, 'hqq', 'HQQ'],
  [/\.(codebooks|codes)$/, 'aqlm', 'AQLM'],
  [/\.weight\._(data|scale|shift)$/, 'quanto', 'quanto'],
  [/[._]weight[:._]+(qdata|scale|zero_point)$/, 'torchao', 'torchao'],
  [/_proj(_blocks|_scales|\.weight_blocks|\.weight_scales)$/, 'mxfp4', 'MXFP4'],
  [/\.(scales|biases|qbiases)$/, 'mlx', 'with scales, as of MLX'],
  [/\.(centroids|res_centroids|indices|bitmask|compressed|row_offsets)$/, '', 'packed'],
];

const ORIGIN = 'open the checkpoint that it was quantized from';

/**
 * By `quant_method`: transformers 5.24 itself writes out fp8, compressed-tensors and bitsandbytes (tried, on a CPU), and mxfp4; for the
 * others there is only the original.
 */
const REMEDIES: readonly (readonly [methods: RegExp, remedy: string])[] = [
  [
    /^fp8$/,
    `${ORIGIN}, or write it out plainly: from_pretrained(folder, quantization_config=FineGrainedFP8Config(dequantize=True)) in transformers 5, then save_pretrained(other_folder)`,
  ],
  [
    /^compressed-tensors$/,
    `${ORIGIN}, or write it out plainly: from_pretrained(folder, quantization_config=CompressedTensorsConfig(run_compressed=False)) in transformers, then save_pretrained(other_folder)`,
  ],
  [
    /^mxfp4$/,
    `${ORIGIN}, or write it out plainly: from_pretrained(folder, quantization_config=Mxfp4Config(dequantize=True)) in transformers, then save_pretrained(other_folder)`,
  ],
  [
    /^bitsandbytes/,
    `${ORIGIN}, or write it out plainly: load it in transformers, model.dequantize(), then save_pretrained(other_folder); after QLoRA, merge the adapter into the unquantized model`,
  ],
];

/** How a person comes to weights that can be read. */
export function quantizationRemedy(method: string): string {
  return REMEDIES.find(([methods]) => methods.test(method))?.[1] ?? ORIGIN;
}
