import { mount } from 'svelte'
import '../tokens.css'
import Teach from './Teach.svelte'

mount(Teach, { target: document.getElementById('app') })
