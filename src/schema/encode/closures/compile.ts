/** Node → closure that checks and filters. It needs no code generation and finds the place of a breach; tests compare the generated code with it. */
import type { Node } from '../../node.ts'
import { arrayStep, mapStep, recordStep, setStep, tupleStep } from './collections.ts'
import { codecStep, islandStep } from './foreign.ts'
import { objectStep } from './object.ts'
import { bigintStep, bytesStep, dateStep, fileStep, literalStep, numberStep, stringStep, typeStep, urlStep } from './scalars.ts'
import { intersectionStep, unionStep } from './union.ts'
import { defaultStep, nullableStep, optionalStep, referenceStep } from './wrappers.ts'
import { anyStep } from '../values/anything.ts'
import type { Form, Step } from '../values/trail.ts'

const steps: Readonly<Record<Form, WeakMap<Node, Step>>> = { wire: new WeakMap(), domain: new WeakMap() }

export function compileStep(node: Node, form: Form): Step {
  let step = steps[form].get(node)
  if (step === undefined) steps[form].set(node, (step = compileKind(node, form)))
  return step
}

function compileKind(node: Node, form: Form): Step {
  const compile = (inner: Node) => compileStep(inner, form)
  switch (node.kind) {
    case 'any':
      return anyStep(form)
    case 'null':
      return typeStep(node, (value) => value === null)
    case 'undefined':
      return typeStep(node, (value) => value === undefined)
    case 'never':
      return typeStep(node, () => false)
    case 'boolean':
      return typeStep(node, (value) => typeof value === 'boolean')
    case 'number':
      return numberStep(node)
    case 'bigint':
      return bigintStep(node, form)
    case 'string':
      return stringStep(node)
    case 'date':
      return dateStep(node, form)
    case 'url':
      return urlStep(node, form)
    case 'bytes':
      return bytesStep(node, form)
    case 'file':
      return fileStep(node, form)
    case 'literal':
      return literalStep(node, form)
    case 'object':
      return objectStep(node, compile)
    case 'array':
      return arrayStep(node, compile)
    case 'tuple':
      return tupleStep(node, compile)
    case 'record':
      return recordStep(node, compile)
    case 'map':
      return mapStep(node, form, compile)
    case 'set':
      return setStep(node, form, compile)
    case 'union':
      return unionStep(node, compile)
    case 'intersection':
      return intersectionStep(node, compile)
    case 'optional':
      return optionalStep(node, compile)
    case 'nullable':
      return nullableStep(node, compile)
    case 'default':
      return defaultStep(node, compile)
    case 'reference':
      return referenceStep(node, compile)
    case 'codec':
      return codecStep(node, form, compileStep)
    case 'island':
      return islandStep(node, form, compileStep)
  }
}
