/** Making the library anew, until the server's document tells of it; then this file goes away. */
import type { components, paths } from './schema';

export type Status = components['schemas']['Status'] & { rebuild?: { done: number; total: number } | null };

type Told<Body> = { 200: { headers: Record<string, unknown>; content: { 'application/json': Body } } };

export type ComingPaths = Omit<paths, '/api/status'> & {
  '/api/status': { get: { responses: Told<Status> } };
  '/api/rebuild': { post: { responses: { 202: { headers: Record<string, unknown>; content?: never } } } };
};
