function ConvertTo-NativeRequest {
    <#
    .SYNOPSIS
        A request as the UTF-8 bytes of its JSON. Members that are null are left out.
    #>
    [CmdletBinding()]
    [OutputType([byte[]])]
    param([Parameter(Mandatory = $true)] [System.Collections.IDictionary] $Request)

    $given = @{}
    foreach ($name in $Request.Keys) { if ($null -ne $Request[$name]) { $given[$name] = $Request[$name] } }
    return , [System.Text.Encoding]::UTF8.GetBytes((ConvertTo-JsonValue -Value $given))
}
