/** Whom a search box asks what may follow. Every list has such a box, and none of them knows the server's calls. */
import { createContext } from 'svelte';
import type { Api } from '../api/client';

export const [suggestions, provideSuggestions] = createContext<Api['suggestions']>();
