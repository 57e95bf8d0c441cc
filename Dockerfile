# The application: web, workers, beat and the migration step run from this one image.

FROM python:3.11-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PYTHONDONTWRITEBYTECODE=1
RUN python -m venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH
COPY requirements-production.txt /src/
RUN pip install --require-hashes -r /src/requirements-production.txt

# The design system: npm comes as a wheel and stays in this stage.
FROM build AS assets
WORKDIR /src
COPY . .
RUN python -m config.frontend
# collectstatic reads the settings, which want a whole production environment; none of these values goes any further.
RUN CLEARORIGIN_MODE=production SECRET_KEY=only-to-collect-files ALLOWED_HOSTS=localhost \
    DATABASE_URL=postgres://db/none REDIS_URL=redis://redis/0 DATA_DIR=/tmp/data STATIC_ROOT=/static \
    python manage.py collectstatic --noinput

FROM python:3.11-slim
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    CLEARORIGIN_MODE=production DATA_DIR=/data STATIC_ROOT=/app/staticfiles
RUN useradd --uid 10001 --create-home --shell /usr/sbin/nologin clearorigin \
    && install -d -o clearorigin -g clearorigin /data
WORKDIR /app
COPY --from=build /opt/venv /opt/venv
COPY manage.py ./
COPY config config
COPY entities entities
COPY screening screening
COPY evidence evidence
COPY templates templates
COPY --from=assets /static staticfiles
RUN python -m compileall -q /app
USER clearorigin
VOLUME /data
EXPOSE 8000
CMD ["gunicorn", "-c", "python:config.gunicorn", "config.wsgi"]
