import { mount } from 'svelte';
import '../../theme/index.css';
import Gallery from './Gallery.svelte';

const root = document.documentElement;
const params = new URLSearchParams(location.search);
root.toggleAttribute('data-talk', params.has('talk'));
mount(Gallery, { target: document.body });
