# A node that runs parts of Frankenscope's commands: Chromium, Vulkan, Node and the built app, and Ray with frankenscope-ray. Head,
# workers and submitters of a cluster take the same image, since Ray wants one version of itself and of Python. Without a GPU the
# app computes on the CPU. Not run where it was written: docs/cluster.md.
FROM node:22-trixie-slim

# mesa-vulkan-drivers brings the layer that chooses between several GPUs, and drivers of AMD's and Intel's; NVIDIA's come with its
# container runtime. KubeRay asks whether a node is well by wget.
RUN apt-get update \
  && apt-get install --yes --no-install-recommends \
    ca-certificates chromium libvulkan1 mesa-vulkan-drivers procps python3 python3-venv vulkan-tools wget \
  && rm -rf /var/lib/apt/lists/*

# graphics: Vulkan, which the runtime leaves out otherwise.
ENV NVIDIA_VISIBLE_DEVICES=all \
  NVIDIA_DRIVER_CAPABILITIES=graphics,compute,utility \
  CHROME_PATH=/usr/bin/chromium \
  FRANKENSCOPE_APP=/app \
  RAY_USAGE_STATS_ENABLED=0 \
  PATH=/opt/ray/bin:$PATH

# ray[default]: KubeRay and `ray job submit` need its dashboard.
RUN python3 -m venv /opt/ray && /opt/ray/bin/pip install --no-cache-dir 'ray[default]==2.60.0'

WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY tools/empty-package tools/empty-package
RUN npm ci --no-audit --no-fund
COPY . .
RUN npm run build && /opt/ray/bin/pip install --no-cache-dir --no-deps ./cluster

# Chromium has its sandbox as another user than root, as far as the node lets users have namespaces.
USER node
ENV HOME=/home/node
WORKDIR /home/node
CMD ["frankenscope-ray", "--help"]
