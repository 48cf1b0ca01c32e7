import { mount } from 'svelte';
import App from './App.svelte';
import './app.css';
import { api } from './api/client';
import { shell } from './api/shell';
import { AppState } from './app-state.svelte';

const target = document.getElementById('app');
if (target) mount(App, { target, props: { app: new AppState(api, shell) } });
