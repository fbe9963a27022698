function Resolve-Authority {
    <#
    .SYNOPSIS
        Tenant and cloud of an authority as scripts write it: the URL of a token endpoint, one that ends at the tenant,
        or the tenant alone.
    #>
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [string] $Authority)

    $text = Get-PastedText -Text $Authority
    if ($text -notmatch '/') { return [pscustomobject] @{ Tenant = $text; LoginHost = 'login.microsoftonline.com'; Cloud = 'public' } }
    $loginHost, $tenant = ($text -replace '^https://', '') -split '/' | Microsoft.PowerShell.Utility\Select-Object -First 2
    $cloud = switch -Regex ($loginHost) {
        '^(login\.(microsoftonline\.com|microsoft\.com|windows\.net)|sts\.windows\.net)$' { 'public' }
        '^(login\.(microsoftonline\.us|usgovcloudapi\.net)|login-us\.microsoftonline\.com)$' { 'usGov' }
        '^login\.(partner\.microsoftonline|chinacloudapi)\.cn$' { 'china' }
        default { $null }
    }
    return [pscustomobject] @{ Tenant = $tenant; LoginHost = $loginHost; Cloud = $cloud }
}
