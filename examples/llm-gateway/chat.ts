/** Chat completions: whole, or as a stream of chunks. The request says which. */
import { randomUUID } from 'node:crypto'
import { either, json, post, sse } from 'riposte'
import type { z } from 'zod'
import { countTokens, EngineOverloaded, isFakeModel, type Engine, type Token } from './engine.ts'
import { apiError, ModelNotFound, Overloaded } from './errors.ts'
import { ChatCompletion, Chunk, CompletionRequest, type Message } from './models.ts'

export function chatRoute(engine: Engine) {
  return post(
    '/chat/completions',
    {
      tags: ['chat'],
      body: CompletionRequest,
      responses: { 200: either(json(ChatCompletion), sse(Chunk, { end: '[DONE]', error: apiError })) },
      errors: [ModelNotFound, Overloaded],
    },
    async ({ body, fail, signal }) => {
      if (!isFakeModel(body.model)) throw fail(ModelNotFound, { model: body.model })
      const text = textOf(body.messages.at(-1)!)
      const head = { id: `chatcmpl-${randomUUID()}`, created: Math.floor(Date.now() / 1000), model: body.model }
      const promptTokens = body.messages.reduce((sum, message) => sum + countTokens(textOf(message)), 0)
      const tokens = refusing(engine.answer({ model: body.model, text, maxTokens: body.max_completion_tokens, signal }), () =>
        fail(Overloaded),
      )
      if (body.stream) return toChunks(tokens, head, promptTokens, body.stream_options?.include_usage ?? false)
      return toCompletion(tokens, head, promptTokens)
    },
  )
}

interface Head {
  readonly id: string
  readonly created: number
  readonly model: string
}

function textOf({ content }: z.infer<typeof Message>): string {
  return typeof content === 'string' ? content : content.map(({ text }) => text).join('')
}

/** The engine's own error becomes one that clients may see. Any other is a 500, or a last event that says no more than that. */
async function* refusing(tokens: AsyncGenerator<Token>, refuse: () => Error) {
  try {
    yield* tokens
  } catch (error) {
    throw error instanceof EngineOverloaded ? refuse() : error
  }
}

const toUsage = (prompt_tokens: number, completion_tokens: number) => ({
  prompt_tokens,
  completion_tokens,
  total_tokens: prompt_tokens + completion_tokens,
})

async function* toChunks(tokens: AsyncGenerator<Token>, head: Head, promptTokens: number, hasUsage: boolean) {
  const chunk = { ...head, object: 'chat.completion.chunk' } as const
  let count = 0
  for await (const { text, finish } of tokens) {
    const delta = count === 0 ? { role: 'assistant' as const, content: text } : { content: text }
    count++
    yield { ...chunk, choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }] }
  }
  if (hasUsage) yield { ...chunk, choices: [], usage: toUsage(promptTokens, count) }
}

async function toCompletion(tokens: AsyncGenerator<Token>, head: Head, promptTokens: number) {
  const all: Token[] = []
  for await (const token of tokens) all.push(token)
  const content = all.map(({ text }) => text).join('')
  const finish_reason = all.at(-1)?.finish ?? 'stop'
  const message = { role: 'assistant', content, refusal: null } as const
  return {
    ...head,
    object: 'chat.completion' as const,
    choices: [{ index: 0, message, logprobs: null, finish_reason }],
    usage: toUsage(promptTokens, all.length),
  }
}
