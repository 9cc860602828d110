/** What travels over HTTP, in the form of the OpenAI API. Fields that it has and this gateway does not use are ignored. */
import { z } from 'zod'

const TextPart = z.object({ type: z.literal('text'), text: z.string() })

export const Message = z
  .object({
    role: z.enum(['developer', 'system', 'user', 'assistant']),
    content: z.union([z.string(), z.array(TextPart)]),
  })
  .meta({ id: 'Message' })

export const CompletionRequest = z
  .object({
    model: z.string(),
    messages: z.array(Message).min(1),
    max_completion_tokens: z.int().min(1).optional(),
    stream: z.boolean().default(false),
    stream_options: z.object({ include_usage: z.boolean().default(false) }).optional(),
  })
  .meta({ id: 'CompletionRequest' })

export const Usage = z
  .object({ prompt_tokens: z.int(), completion_tokens: z.int(), total_tokens: z.int() })
  .meta({ id: 'Usage', description: 'Tokens read and written' })

const FinishReason = z.enum(['stop', 'length'])

export const ChatCompletion = z
  .object({
    id: z.string(),
    object: z.literal('chat.completion'),
    created: z.int().meta({ description: 'Seconds since 1970' }),
    model: z.string(),
    choices: z.array(
      z.object({
        index: z.int(),
        message: z.object({ role: z.literal('assistant'), content: z.string(), refusal: z.null() }),
        logprobs: z.null(),
        finish_reason: FinishReason,
      }),
    ),
    usage: Usage,
  })
  .meta({ id: 'ChatCompletion' })

export const Chunk = z
  .object({
    id: z.string(),
    object: z.literal('chat.completion.chunk'),
    created: z.int(),
    model: z.string(),
    choices: z.array(
      z.object({
        index: z.int(),
        delta: z.object({ role: z.literal('assistant').optional(), content: z.string().optional() }),
        logprobs: z.null(),
        finish_reason: FinishReason.nullable(),
      }),
    ),
    usage: Usage.optional(),
  })
  .meta({ id: 'ChatCompletionChunk' })

export const Model = z.object({ id: z.string(), object: z.literal('model'), created: z.int(), owned_by: z.string() }).meta({ id: 'Model' })

export const ModelList = z.object({ object: z.literal('list'), data: z.array(Model) }).meta({ id: 'ModelList' })

export const EmbeddingRequest = z
  .object({
    model: z.string(),
    input: z.union([z.string().min(1), z.array(z.string().min(1)).min(1).max(2048)]),
    encoding_format: z.enum(['float', 'base64']).default('float'),
  })
  .meta({ id: 'EmbeddingRequest' })

export const EmbeddingList = z
  .object({
    object: z.literal('list'),
    model: z.string(),
    data: z.array(
      z.object({
        object: z.literal('embedding'),
        index: z.int(),
        embedding: z.union([z.array(z.number()), z.string()]).meta({ description: 'Numbers, or base64 of 32-bit floats' }),
      }),
    ),
    usage: z.object({ prompt_tokens: z.int(), total_tokens: z.int() }),
  })
  .meta({ id: 'EmbeddingList' })
