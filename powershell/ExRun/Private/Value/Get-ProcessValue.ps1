function Get-ProcessValue {
    <#
    .SYNOPSIS
        A value that all runspaces of this process share; the first one that asks for it makes it.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [string] $Name,
        [Parameter(Mandatory = $true)] [scriptblock] $Create
    )

    $domain = [System.AppDomain]::CurrentDomain
    $value = $domain.GetData($Name)
    if ($null -ne $value) { return , $value }

    # One at a time: runspaces that begin together would each make one, and lose what the others put into theirs.
    [System.Threading.Monitor]::Enter($domain)
    try {
        $value = $domain.GetData($Name)
        if ($null -eq $value) {
            $value = & $Create
            $domain.SetData($Name, $value)
        }
    } finally {
        [System.Threading.Monitor]::Exit($domain)
    }
    return , $value
}
