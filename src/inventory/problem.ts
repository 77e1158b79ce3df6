import { SefleetError } from '../errors.ts'
import type { Place } from '../model/yaml-tree.ts'

/** A mistake in an inventory file: `FILE:LINE:COLUMN: sentence`. */
export const mistake = (file: string, place: Place, sentence: string): SefleetError =>
  new SefleetError('inventory-invalid', `${file}:${place.line}:${place.column}: ${sentence}`)
