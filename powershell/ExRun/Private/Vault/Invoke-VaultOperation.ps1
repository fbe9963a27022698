function Invoke-VaultOperation {
    <#
    .SYNOPSIS
        One operation on an object of a vault, with the session that the command's call names.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [System.Management.Automation.PSCmdlet] $Cmdlet,
        # The command's bound parameters: Vault, Version, Connection, AccessToken, ApiVersion.
        [Parameter(Mandatory = $true)] [System.Collections.IDictionary] $Bound,
        [Parameter(Mandatory = $true)] [string] $Name,
        [Parameter(Mandatory = $true)] [string] $Function,
        [Parameter(Mandatory = $true)] [hashtable] $Request
    )

    $session = Open-Session -Cmdlet $Cmdlet -AccessToken $Bound['AccessToken'] -Connection $Bound['Connection'] -Cloud (Resolve-VaultCloud -Vault $Name, $Bound['Vault'])
    if ($Bound['ApiVersion']) { $Request = $Request + @{ apiVersion = $Bound['ApiVersion'] } }
    return Use-Session $session {
        $item = Resolve-VaultItem -Name $Name -Vault $Bound['Vault'] -Version $Bound['Version'] -Cloud (Get-MemberValue -InputObject $session -Name 'Cloud')
        Invoke-NativeOperation -Function $Function -Request ($Request + $item) -Session $session
    }
}
