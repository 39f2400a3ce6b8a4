"""The LLM one token at a time, for rollouts: the model's own weights, joined where they read the same input, and keys and
values in buffers written in place. Several times the answers a second of the stock loop; `check.py` holds both together.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from transformers import DynamicCache, Qwen2_5_VLForConditionalGeneration


@dataclass(frozen=True)
class Layer:
    """A layer's weights in the type its products are computed in; norms in f32."""

    before_attention: torch.Tensor
    qkv: torch.Tensor
    qkv_bias: torch.Tensor
    out: torch.Tensor
    before_mlp: torch.Tensor
    gate_up: torch.Tensor
    down: torch.Tensor


class Decoder:
    """Goes on from a prefilled cache, all rows at the same place of the buffers (prompts are padded on the left)."""

    def __init__(
        self, model: Qwen2_5_VLForConditionalGeneration, past: DynamicCache, attended: torch.Tensor, copies: int, room: int
    ) -> None:
        """`attended` bool [prompts, length]; each prompt is continued `copies` times, by at most `room` tokens."""
        text = model.model.language_model
        self.config = text.config
        kind = torch.bfloat16 if torch.is_autocast_enabled("cpu") else torch.float32
        self.layers = [
            Layer(
                layer.input_layernorm.weight.detach(),
                torch.cat([part.weight for part in (layer.self_attn.q_proj, layer.self_attn.k_proj, layer.self_attn.v_proj)]).to(kind),
                torch.cat([part.bias for part in (layer.self_attn.q_proj, layer.self_attn.k_proj, layer.self_attn.v_proj)]).to(kind),
                layer.self_attn.o_proj.weight.to(kind),
                layer.post_attention_layernorm.weight.detach(),
                torch.cat([layer.mlp.gate_proj.weight, layer.mlp.up_proj.weight]).to(kind),
                layer.mlp.down_proj.weight.to(kind),
            )
            for layer in text.layers
        ]  # fmt: skip
        self.kind, self.norm, self.head = kind, text.norm.weight.detach(), model.lm_head.weight.to(kind)
        self.embedding = text.embed_tokens.weight.detach()
        self.frequencies = text.rotary_emb.inv_freq.float()
        prompts, self.length = attended.shape
        self.cache = []
        for layer in past.layers:
            pair = []
            for known in (layer.keys, layer.values):
                buffer = known.new_zeros((prompts * copies, known.shape[1], self.length + room, known.shape[3]), dtype=torch.float32)
                buffer[:, :, : self.length] = known.repeat_interleave(copies, 0)
                pair.append(buffer)
            self.cache.append(pair)
        seen = attended.repeat_interleave(copies, 0)
        self.mask = torch.cat([seen, seen.new_ones(len(seen), room)], 1)[:, None, None]

    def keep(self, rows: torch.Tensor) -> None:
        """Go on with these rows alone."""
        self.cache = [[buffer[rows] for buffer in pair] for pair in self.cache]
        self.mask = self.mask[rows]

    def step(self, tokens: torch.Tensor, place: torch.Tensor) -> torch.Tensor:
        """Tokens [rows] at M-RoPE places [rows] → logits f32 [rows, vocabulary] of the next."""
        with torch.autocast("cpu", enabled=False):
            return self.plain_step(tokens, place)

    def plain_step(self, tokens: torch.Tensor, place: torch.Tensor) -> torch.Tensor:
        config, rows = self.config, len(tokens)
        heads, shared = config.num_attention_heads, config.num_key_value_heads
        size = config.hidden_size // heads
        angles = place[:, None].float() * self.frequencies
        angles = torch.cat([angles, angles], 1)[:, None]
        cos, sin = angles.cos(), angles.sin()
        at, until = self.length, self.length + 1
        mask = self.mask[..., :until]
        hidden = self.embedding[tokens]
        for layer, (keys, values) in zip(self.layers, self.cache, strict=True):
            normed = F.rms_norm(hidden, (config.hidden_size,), layer.before_attention, config.rms_norm_eps)
            joined = F.linear(normed.to(self.kind), layer.qkv, layer.qkv_bias).float().view(rows, heads + 2 * shared, size)
            turned = joined[:, : heads + shared]
            low, high = turned.chunk(2, -1)
            turned = turned * cos + torch.cat([-high, low], -1) * sin
            keys[:, :, at] = turned[:, heads:]
            values[:, :, at] = joined[:, heads + shared :]
            # The queries that share a key stand in the place of a sequence: each sees all that is attended.
            query = turned[:, :heads].reshape(rows, shared, heads // shared, size)
            mixed = F.scaled_dot_product_attention(query, keys[:, :, :until], values[:, :, :until], attn_mask=mask)
            hidden = hidden + F.linear(mixed.reshape(rows, -1).to(self.kind), layer.out).float()
            normed = F.rms_norm(hidden, (config.hidden_size,), layer.before_mlp, config.rms_norm_eps)
            gate, up = F.linear(normed.to(self.kind), layer.gate_up).chunk(2, -1)
            hidden = hidden + F.linear(F.silu(gate) * up, layer.down).float()
        self.length = until
        normed = F.rms_norm(hidden, (config.hidden_size,), self.norm, config.rms_norm_eps)
        return F.linear(normed.to(self.kind), self.head).float()
