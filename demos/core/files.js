/* Gradio (tried: 6.31) judges a chosen sound or video by the type that the system gives to its name: a recorder's .webm is video to
   it, and what does not fit is answered by a list of types, in English. Here whatever is chosen counts as what its box takes: the
   server looks into the file and says in words what it is. So the choice is also not narrowed to names that sound like sound. */
const kindOf = box => box.matches?.('input[type=file]') && ['audio', 'video'].find(kind => box.accept?.includes(`${kind}/`));
document.addEventListener('click', ({target}) => {
  if (kindOf(target) === 'audio' && !target.accept.includes('.webm')) target.accept += ',.webm,.mp4,.mov,.3gp,.mkv,.caf';
}, true);
document.addEventListener('change', ({target}) => {
  const kind = kindOf(target);
  if (!kind || [...target.files].every(file => file.type.startsWith(`${kind}/`))) return;
  const chosen = new DataTransfer();
  for (const file of target.files) chosen.items.add(new File([file], file.name, {type: `${kind}/webm`}));
  target.files = chosen.files;
}, true);
