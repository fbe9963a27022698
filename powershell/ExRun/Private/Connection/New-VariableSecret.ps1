function New-VariableSecret {
    <#
    .SYNOPSIS
        A handle of the library for the environment variables that name an app or a managed identity. The caller frees it.
    .DESCRIPTION
        Outside Windows .NET keeps an environment of its own: what a session sets there, a native library does not
        see. Some of the values are secret, so all of them go over as one secret.
    #>
    [CmdletBinding()]
    [OutputType([long])]
    param()

    $names = 'AZURE_TENANT_ID', 'AZURE_CLIENT_ID', 'AZURE_CLIENT_SECRET', 'AZURE_CLIENT_CERTIFICATE_PATH',
    'AZURE_CLIENT_CERTIFICATE_PASSWORD', 'AZURE_CLIENT_SEND_CERTIFICATE_CHAIN', 'AZURE_FEDERATED_TOKEN_FILE',
    'AZURE_AUTHORITY_HOST', 'AZURE_PASSWORD', 'AZURE_POD_IDENTITY_AUTHORITY_HOST', 'IDENTITY_ENDPOINT', 'IDENTITY_HEADER',
    'IDENTITY_SERVER_THUMBPRINT', 'IMDS_ENDPOINT', 'MSI_ENDPOINT'
    $variables = @{}
    foreach ($name in $names) {
        $value = [System.Environment]::GetEnvironmentVariable($name)
        if ($value) { $variables[$name] = $value }
    }
    return New-NativeSecret -Secret (ConvertTo-NativeRequest -Request $variables)
}
